/** @file
 * Version numbers and the two macros that every other header needs.
 */
#ifndef LATENT_MACROS_H
#define LATENT_MACROS_H

/** Version of these headers; latent_version() gives that of the library that was loaded. */
#define LATENT_VERSION_MAJOR 0
/** Grows with every release that adds something; before 1.0 it may also change the interface. */
#define LATENT_VERSION_MINOR 1
/** Grows with every release that only mends. */
#define LATENT_VERSION_PATCH 0
/** The version as text, "major.minor.patch". */
#define LATENT_VERSION_STRING "0.1.0"

/** Marks a function as part of the shared library's interface. */
#if defined(__GNUC__)
#define LATENT_API __attribute__((visibility("default")))
#else
#define LATENT_API
#endif

#ifdef __cplusplus
#define LATENT_BEGIN extern "C" {
#define LATENT_END }
#else
#define LATENT_BEGIN
#define LATENT_END
#endif

LATENT_BEGIN

/**
 * The version of the loaded library as text, "major.minor.patch".
 *
 * @return A string that lives as long as the library is loaded.
 * @since 0.1.0
 */
LATENT_API const char *latent_version(void);

LATENT_END

#endif
