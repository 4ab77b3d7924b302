#include "layout_facts.h"

void expect_facts(const fact *facts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (facts[i].actual != facts[i].fixed)
            fail_msg("%s is %ld, was %ld", facts[i].name, (long)facts[i].actual,
                     (long)facts[i].fixed);
}
