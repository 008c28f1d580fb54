/** What the results page says. */
export default {
  "results.name": "Results",
};
