/** What `build.mjs` puts beside the sources. */
declare module "*.inline.js" {
  const base64: string;
  export default base64;
}
declare module "*/veche-voter.js" {
  export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  export const openElection: (manifest: Uint8Array, card: Uint8Array, fingerprint: string) => any;
}
declare module "*/veche-observer.js" {
  export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  export const openElection: (manifest: Uint8Array, bundles: Uint8Array[], size: number, fingerprint: string) => any;
  export const Finder: any;
}
declare const process: { versions?: { node?: string } } | undefined;
