/** What the verify page says. */
export default {
  "verify.name": "Verify",
};
