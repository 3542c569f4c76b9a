/** What stands behind the # of an offline code's address is sent only when somebody asks for that. */

const form = document.querySelector("#offline-look");
const payload = location.hash.slice(1);
if (form && payload) {
  (form.querySelector("[name=payload]") as HTMLInputElement).value = payload;
  (form.querySelector("[type=submit]") as HTMLButtonElement).disabled = false;
  (form.querySelector("#offline-none") as HTMLElement).hidden = true;
}
