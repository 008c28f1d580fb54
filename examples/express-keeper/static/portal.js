const booth = document.querySelector("veche-booth");
const said = document.querySelector("#said");

booth.signIn = async () => {
  const answer = await fetch("/pass", { method: "POST" });
  if (!answer.ok) throw new Error(await answer.text());
  return { pass: await answer.text() };
};

// Only now is it sure: the booth has checked the receipt.
booth.addEventListener("veche:cast", () => (said.textContent = "Thank you for voting."));
booth.addEventListener("veche:stored", () => (said.textContent = "Your ballot is stored."));
