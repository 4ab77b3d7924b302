/* Numbers as little-endian bytes, the same on every machine, and a checksum of bytes. */
#ifndef LATENT__BYTES_H
#define LATENT__BYTES_H

#include <stdint.h>

/* Each writes or reads one number at *at and moves *at behind it. */
void latent__put_u32(unsigned char **at, uint32_t value);
void latent__put_i64(unsigned char **at, int64_t value);
void latent__put_f64(unsigned char **at, double value);
uint32_t latent__get_u32(const unsigned char **at);
int64_t latent__get_i64(const unsigned char **at);
double latent__get_f64(const unsigned char **at);

/* The CRC-32 of gzip and zip (ISO 3309). */
uint32_t latent__crc32(const unsigned char *bytes, int64_t count);

#endif
