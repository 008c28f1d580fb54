/**
 * Changes what is shown, and scrolls by as much as that has moved what somebody has just pressed: it stays under the
 * finger, also in browsers that do not anchor what is scrolled.
 * @param {Element | null} scroller what scrolls
 * @param {() => Element | null | undefined} pressed  finds what was pressed, before the change and after it
 * @param {() => void} change
 * @returns {number} by how many pixels it has moved all the same, because nothing is left to scroll; down is positive
 */
export function steadily(scroller, pressed, change) {
  const before = pressed()?.getBoundingClientRect().top;
  change();
  const after = pressed();
  if (before === undefined || !after) return 0;
  const moved = () => after.getBoundingClientRect().top - before;
  if (scroller && Math.abs(moved()) >= 1) scroller.scrollTop += moved();
  return moved();
}
