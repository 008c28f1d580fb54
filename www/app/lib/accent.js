/**
 * The town's accent colour. A colour that could not be read as text, or behind white text, is darkened (or lightened
 * on a dark screen) until it can; what is not a colour falls back to the site's own.
 */

/** @typedef {[number, number, number]} Rgb */

/** The site's own accent, as in style/tokens.css. */
export const DEFAULT_ACCENT = "#1e4d8f";
/** WCAG 2 AA for text is 4.5; a little to spare, because the accent also lies on tinted grounds. */
const WANTED_ON_LIGHT = 5;
/** More on a dark screen, where a colour as dark as allowed looks dull. */
const WANTED_ON_DARK = 7;
/** @type {Rgb} */
const LIGHT_GROUND = [245, 244, 240];
/** @type {Rgb} */
const DARK_GROUND = [30, 32, 36];

/**
 * @param {unknown} text
 * @returns {Rgb | null}
 */
export function parseColour(text) {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(typeof text === "string" ? text : "");
  if (!match) return null;
  const [, red = "", green = "", blue = ""] = match;
  return [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)];
}

/** @param {Rgb} colour */
function luminance([red, green, blue]) {
  const linear = (/** @type {number} */ channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/**
 * @param {Rgb} one
 * @param {Rgb} other
 */
export function contrast(one, other) {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} share of `to`
 * @returns {Rgb}
 */
export function mix([r, g, b], [toR, toG, toB], share) {
  const blend = (/** @type {number} */ a, /** @type {number} */ c) => Math.round(a + (c - a) * share);
  return [blend(r, toR), blend(g, toG), blend(b, toB)];
}

/**
 * The colour in another lightness, hue and saturation kept: towards white a mixture would turn grey.
 * @param {Rgb} colour
 * @param {number} lightness from 0 (black) to 1 (white)
 * @returns {Rgb}
 */
function inLightness(colour, lightness) {
  const high = Math.max(...colour);
  const low = Math.min(...colour);
  const middle = (high + low) / 2;
  const room = Math.min(middle, 255 - middle);
  const saturation = room === 0 ? 0 : (high - low) / 2 / room;
  const target = lightness * 255;
  const reach = saturation * Math.min(target, 255 - target);
  const spread = high === low ? 1 : (high - low) / 2;
  const move = (/** @type {number} */ channel) => Math.round(target + ((channel - middle) / spread) * reach);
  const [red, green, blue] = colour;
  return [move(red), move(green), move(blue)];
}

/** @param {Rgb} colour */
const lightnessOf = (colour) => (Math.max(...colour) + Math.min(...colour)) / 510;

/**
 * Makes a colour darker (or lighter) until it stands out from the ground.
 * @param {Rgb} colour
 * @param {-1 | 1} direction
 * @param {Rgb} ground
 * @param {number} wanted
 */
function readable(colour, direction, ground, wanted) {
  let shade = colour;
  let lightness = lightnessOf(colour);
  while (contrast(shade, ground) < wanted && (direction < 0 ? lightness > 0 : lightness < 1)) {
    lightness = Math.min(1, Math.max(0, lightness + direction * 0.02));
    shade = inLightness(colour, lightness);
  }
  return shade;
}

/** @param {Rgb} colour */
const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`;

/**
 * The custom properties for light and dark screens.
 * @param {unknown} wanted
 * @returns {Record<string, string>}
 */
export function accentProperties(wanted) {
  const colour = parseColour(wanted) ?? /** @type {Rgb} */ (parseColour(DEFAULT_ACCENT));
  const light = readable(colour, -1, LIGHT_GROUND, WANTED_ON_LIGHT);
  const dark = readable(colour, 1, DARK_GROUND, WANTED_ON_DARK);
  return {
    "--accent-on-light": css(light),
    "--accent-on-dark": css(dark),
    "--accent-tint-on-light": css(mix(light, [255, 255, 255], 0.91)),
    "--accent-tint-on-dark": css(mix(dark, DARK_GROUND, 0.84)),
  };
}

/**
 * @param {unknown} wanted
 * @param {HTMLElement} root
 */
export function applyAccent(wanted, root) {
  for (const [name, value] of Object.entries(accentProperties(wanted))) root.style.setProperty(name, value);
}
