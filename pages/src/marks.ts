/** A part of another page comes with the marks that this page does not have yet. */
export const bringMarks = (from: Document): void => {
  const sheet = document.querySelector(".sheet");
  for (const mark of from.querySelectorAll(".sheet symbol")) {
    if (!document.getElementById(mark.id)) sheet?.append(document.adoptNode(mark));
  }
};
