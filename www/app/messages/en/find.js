/** What the find page says. */
export default {
  "find.name": "Find my ballot",
};
