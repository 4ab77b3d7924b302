/* Template: the table of one instruction set, from the functions that the including file has. That
 * file defines
 *   TABLE  the table's name,
 *   ISA    its instruction set. */
const latent__kernels TABLE = {
    .isa = ISA,
    .squared_distance = {squared_distance_f16, squared_distance_bf16, squared_distance_f32,
                         squared_distance_f64},
    .dot = {dot_f16, dot_bf16, dot_f32, dot_f64},
    .inspect = {inspect_f16, inspect_bf16, inspect_f32, inspect_f64},
    .pack = {pack_f16, pack_bf16, pack_f32, pack_f64},
    .quantise = {quantise_int8, quantise_int16, quantise_bf16},
    .rescale = rescale,
    .widen = {widen_f16, widen_bf16, widen_f32, widen_f64},
    .powers = {powers_f16, powers_bf16, powers_f32, powers_f64},
    .columns = {columns_f16, columns_bf16, columns_f32, columns_f64},
    .merge = merge,
    .exceed = exceed,
    .multiply = multiply,
    .chain = chain,
    .project = project,
    .follow = follow,
    .screen = screen,
    .count = count,
    .credit = credit,
};
