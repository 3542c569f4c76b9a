/** A camera instead of a scanner: a code on its pictures is taken as if it had been typed. */

import { focus, take } from "./field.js";

/** Milliseconds between two pictures. */
const BETWEEN = 400;
/** Pixels of a picture. */
const WIDE = 960;

/** Reads the text of the code in a picture; null where there is none. */
export type ReadPicture = (canvas: HTMLCanvasElement) => Promise<string | null>;

const picture = (video: HTMLVideoElement): HTMLCanvasElement | null => {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(WIDE, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / (video.videoWidth || 1));
  if (!canvas.width || !canvas.height) return null;
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** Makes a button of a page begin and end the camera; what is read is taken as if a scanner had typed it, or as the page says. */
export const offerCamera = (button: HTMLElement, video: HTMLVideoElement, read: ReadPicture, taken: (text: string) => void = take): void => {
  if (!navigator.mediaDevices?.getUserMedia) return;
  let stream: MediaStream | null = null;
  const dark = (words?: string): void => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    button.textContent = words ?? button.dataset.begin ?? "";
    focus();
  };
  const look = async (): Promise<void> => {
    if (!stream) return;
    const canvas = picture(video);
    const text = canvas ? await read(canvas).catch(() => null) : null;
    if (text && stream) {
      dark();
      taken(text);
      return;
    }
    setTimeout(() => void look(), BETWEEN);
  };
  const begin = async (): Promise<void> => {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = button.dataset.end ?? "";
    await video.play();
    void look();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (stream) return dark();
    begin().catch(() => dark(button.dataset.cannot));
  });
};
