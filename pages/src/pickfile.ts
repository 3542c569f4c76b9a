/** Controls of ours for files say what was chosen; by style alone they only say that something was. */

export const pickFiles = (): void => {
  for (const one of document.querySelectorAll<HTMLElement>(".pickfile")) {
    const field = one.querySelector<HTMLInputElement>("input[type=file]");
    const name = one.querySelector<HTMLElement>(".pickfile__name");
    if (!field || !name) continue;
    const tell = (): void => {
      const file = field.files?.[0];
      one.classList.toggle("has-file", Boolean(file));
      name.textContent = file ? file.name : "";
    };
    field.addEventListener("change", tell);
    tell();
  }
};
