#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "pool.h"

/* The quota of a version 2 cgroup, "max 100000" or "150000 100000": CPUs, rounded up; 0 if there is
 * no limit or no such file. */
static int32_t quota_v2(const char *group) {
    char path[512];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    long long quota = 0, period = 0;
    const int fields = fscanf(file, "%lld %lld", &quota, &period);
    fclose(file);
    return fields == 2 && quota > 0 && period > 0 ? (int32_t)((quota + period - 1) / period) : 0;
}

static long long number_in(const char *group, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%s/%s", group, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    long long number = 0;
    const int fields = fscanf(file, "%lld", &number);
    fclose(file);
    return fields == 1 ? number : 0;
}

static int32_t quota_v1(const char *group) {
    const long long quota = number_in(group, "cpu.cfs_quota_us");
    const long long period = number_in(group, "cpu.cfs_period_us");
    return quota > 0 && period > 0 ? (int32_t)((quota + period - 1) / period) : 0;
}

static int32_t smaller(int32_t cpus, int32_t quota) {
    return quota > 0 && quota < cpus ? quota : cpus;
}

/* The least quota on the way from this process's cgroup up to the root. */
static int32_t quota_along(char *group, int32_t cpus, int32_t (*quota)(const char *)) {
    for (;;) {
        cpus = smaller(cpus, quota(group));
        char *slash = strrchr(group, '/');
        if (!slash)
            return cpus;
        *slash = '\0';
    }
}

static int32_t quota_of_cgroups(int32_t cpus) {
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file)
        return cpus;
    char line[512]; /* hierarchy:controllers:path */
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        if (controllers[1] == '\0')
            cpus = quota_along(group, cpus, quota_v2);
        else if (strstr(controllers, "cpu,") || strcmp(controllers, ":cpu") == 0 ||
                 strstr(controllers, ",cpu"))
            cpus = quota_along(group, cpus, quota_v1);
    }
    fclose(file);
    return cpus;
}

/* Affinity masks have no fixed size: a machine with more CPUs than the set has bits makes the call
 * fail, so ask with larger and larger sets. */
static int32_t affinity_count(void) {
    for (int cpus = CPU_SETSIZE; cpus <= 1 << 20; cpus *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)cpus);
        if (!set)
            return 1;
        const size_t bytes = CPU_ALLOC_SIZE((size_t)cpus);
        const int failed = sched_getaffinity(0, bytes, set);
        const int32_t count = failed ? 0 : CPU_COUNT_S(bytes, set);
        CPU_FREE(set);
        if (!failed)
            return count > 0 ? count : 1;
    }
    return 1;
}

int32_t latent__usable_cpus(void) {
    return quota_of_cgroups(affinity_count());
}
