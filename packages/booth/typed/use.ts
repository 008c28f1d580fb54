// A page's script, as the types see it: compiled, never run.
import { VecheBooth, type Answer } from "@veche/booth";

const booth = document.createElement("veche-booth");
const same: VecheBooth = booth;
booth.src = "https://vote.town.example/";
booth.radius = "small";
// @ts-expect-error no lengths and no CSS
booth.radius = "12px";
booth.signIn = async () => ({ pass: await (await fetch("/pass")).text() });
// @ts-expect-error a text alone is no pass
booth.signIn = async () => "pass";
booth.submit = (ballot) => fetch("/ballots", { method: "POST", body: ballot });
booth.submit = async (ballot): Promise<Answer> => ({ status: 202, body: { bytes: ballot.byteLength } });
booth.submit = null;
booth.addEventListener("veche:step", ({ detail, currentTarget }) => {
  const step: "sign-in" | "choose" | "review" | "cast" = detail.step;
  console.log(step, currentTarget);
});
booth.addEventListener("veche:cast", ({ detail }) => {
  // @ts-expect-error nothing of the ballot
  console.log(detail.code);
});
booth.addEventListener("click", (event) => console.log(event.type));
export { same };
