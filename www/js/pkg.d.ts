/** Stands in for the built package's own types until `cargo xtask build` has made them. */
declare module '*./pkg/maecheck.js' {
  export default function init(module: { module_or_path: Uint8Array }): Promise<unknown>;
  export const Session: import('./types.js').Package['Session'];
}
