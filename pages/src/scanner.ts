/** Codes in pictures of a camera, where no service can read them: jsQR (Apache-2.0). Loaded when the camera is begun. */

import jsQR from "jsqr";

/** The text of the code in a picture; null where there is none. */
export const read = ({ data, width, height }: ImageData): string | null =>
  jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
