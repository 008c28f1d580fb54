/**
 * The address of an option's picture, if it lies on this site: nothing is ever fetched from anywhere else.
 * @param {string | null | undefined} picture
 */
export function ownPicture(picture) {
  if (!picture) return null;
  try {
    const address = new URL(picture, document.baseURI);
    return address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}
