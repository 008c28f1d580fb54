// `import "@veche/booth/react"` has the element known to JSX, in React 18 and 19.
import type { HTMLAttributes, RefAttributes } from "react";
import type { BoothAttributes, BoothCallbacks, BoothEventMap, VecheBooth } from "./booth.js";

export * from "./booth.js";

/** React 19 listens to these. In React 18 a ref does. */
type Listeners = { [Name in keyof BoothEventMap as `on${Name}`]?: (event: BoothEventMap[Name]) => void };

/** React 18 makes attributes of everything, and functions are none: set `signIn` and `submit` by a ref there. */
export type BoothProps = Omit<HTMLAttributes<VecheBooth>, keyof BoothAttributes> &
  RefAttributes<VecheBooth> &
  BoothAttributes &
  BoothCallbacks &
  Listeners;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "veche-booth": BoothProps;
    }
  }
}
