// The same in React: compiled with the types of React 19 and of 18, never run.
import { useEffect, useRef } from "react";
import type { VecheBooth } from "@veche/booth/react";
import "@veche/booth/react";

/** As React 19 does it: properties and listeners. */
export const Nineteen = ({ done }: { done: () => void }) => (
  <veche-booth
    src="https://vote.town.example/"
    fingerprint={"0".repeat(64)}
    lang="pl"
    className="booth"
    density="compact"
    signIn={async () => ({ pass: "" })}
    onveche:cast={done}
    onveche:step={({ detail }) => console.log(detail.step)}
  >
    <a href="https://vote.town.example/">Vote</a>
  </veche-booth>
);

/** As React 18 needs it: attributes, and a ref for the rest. */
export function Eighteen() {
  const booth = useRef<VecheBooth>(null);
  useEffect(() => {
    if (booth.current) booth.current.signIn = async () => ({ pass: "" });
  }, []);
  return <veche-booth ref={booth} src="https://vote.town.example/" scheme="dark" />;
}

export const Wrong = () => (
  <>
    {/* @ts-expect-error no such look */}
    <veche-booth src="https://vote.town.example/" scheme="sepia" />
    {/* @ts-expect-error it has to be somewhere */}
    <veche-booth />
  </>
);
