/* AMX's instructions on processors that have none of them: each is an illegal instruction there,
 * and the handler of that signal does what it would have done, by the model. So compiled code can
 * be run as it is. Encodings are those of the manual's VEX table: three bytes of prefix, C4
 * first, all in map 0F38. Include first: it needs the names of registers in a signal's context. */
#ifndef TILE_TRAPS_H
#define TILE_TRAPS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <ucontext.h>

#include "harness/tile_model.h"

/* What VEX.pp stands for. */
enum { PREFIX_NONE, PREFIX_66, PREFIX_F3, PREFIX_F2 };

typedef struct tile_instruction {
    int prefix, opcode, reg, rm, third; /* register numbers; rm only without memory */
    bool memory;
    int64_t address, stride; /* without the index register, which is the stride */
    int64_t length;
} tile_instruction;

static inline int64_t trap_register(const mcontext_t *machine, int number) {
    static const int places[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                 REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                 REG_R12, REG_R13, REG_R14, REG_R15};
    return machine->gregs[places[number]];
}

/* The bytes from ModRM on, of an instruction that began at `code`. */
static inline void trap_memory(const mcontext_t *machine, const uint8_t *code,
                               tile_instruction *found) {
    const uint8_t *p = code + 4;
    const int mod = *p >> 6, high_base = code[1] & 0x20 ? 0 : 8,
              high_index = code[1] & 0x40 ? 0 : 8;
    int base = *p++ & 7;
    const bool to_code = mod == 0 && base == 5; /* relative to the next instruction */
    if (base == 4) {
        const int index = (*p >> 3 & 7) | high_index;
        found->stride = index == 4 ? 0 : trap_register(machine, index) << (*p >> 6);
        base = *p++ & 7;
    }
    int32_t shift = 0;
    const bool wide = mod == 2 || (mod == 0 && base == 5);
    if (wide)
        memcpy(&shift, p, sizeof shift);
    else if (mod == 1)
        shift = (int8_t)*p;
    p += wide ? 4 : mod == 1 ? 1 : 0;
    found->length = p - code;
    found->address = shift + (to_code                 ? (int64_t)(intptr_t)p
                              : mod == 0 && base == 5 ? 0
                                                      : trap_register(machine, base | high_base));
}

static inline tile_instruction trap_decode(const mcontext_t *machine) {
    const uint8_t *const code = (const void *)machine->gregs[REG_RIP];
    tile_instruction found = {.opcode = -1};
    /* Map 0F38, W and L zero. */
    if (code[0] != 0xc4 || (code[1] & 0x1f) != 2 || (code[2] & 0x84) != 0)
        return found;
    found.prefix = code[2] & 3;
    found.opcode = code[3];
    found.third = ~(code[2] >> 3) & 15;
    found.reg = (code[4] >> 3 & 7) | (code[1] & 0x80 ? 0 : 8);
    found.rm = (code[4] & 7) | (code[1] & 0x20 ? 0 : 8);
    found.memory = code[4] >> 6 != 3;
    found.length = 5;
    if (found.memory)
        trap_memory(machine, code, &found);
    return found;
}

/* Whether it was one of the instructions. */
static inline bool trap_execute(const tile_instruction *i) {
    void *const address = (void *)(intptr_t)i->address;
    switch (i->opcode << 8 | i->prefix << 4 | i->memory) {
    case 0x49 << 8 | PREFIX_NONE << 4 | true: /* the index is no stride here, and not used */
        model_configure(address);
        return i->stride == 0;
    case 0x49 << 8 | PREFIX_NONE << 4 | false:
        model_release();
        return true;
    case 0x49 << 8 | PREFIX_F2 << 4 | false:
        model_zero(i->reg);
        return true;
    case 0x4b << 8 | PREFIX_F2 << 4 | true:
        model_load(i->reg, address, i->stride);
        return true;
    case 0x4b << 8 | PREFIX_F3 << 4 | true:
        model_store(i->reg, address, i->stride);
        return true;
    case 0x5e << 8 | PREFIX_F2 << 4 | false:
        model_dot_int8(i->reg, i->rm, i->third);
        return true;
    case 0x5c << 8 | PREFIX_F3 << 4 | false:
        model_dot_bf16(i->reg, i->rm, i->third);
        return true;
    default:
        return false;
    }
}

static inline void trap(int number, siginfo_t *info, void *context) {
    (void)info;
    mcontext_t *const machine = &((ucontext_t *)context)->uc_mcontext;
    const tile_instruction instruction = trap_decode(machine);
    if (trap_execute(&instruction))
        machine->gregs[REG_RIP] += instruction.length;
    else
        signal(number, SIG_DFL); /* which ends the program, at the same instruction */
}

static inline struct sigaction traps_begin(void) {
    struct sigaction own = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGILL, &own, &before);
    return before;
}

static inline void traps_end(struct sigaction before) {
    sigaction(SIGILL, &before, NULL);
}

#endif
