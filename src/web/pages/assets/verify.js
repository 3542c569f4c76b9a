// Comfort only: every page works without this file.

const form = document.querySelector("form.upload");
if (form) {
  const drop = form.querySelector(".drop");
  const field = form.querySelector("input[type=file]");
  const chosen = form.querySelector(".drop__chosen");
  const pick = form.querySelector(".drop__pick");
  const again = pick.querySelector("span");
  const [choose, another] = [again.textContent, pick.dataset.again];
  const button = form.querySelector("button[type=submit]");
  const words = button.querySelector("span");
  const ready = words.textContent;
  const limit = Number(form.dataset.limit);

  const say = (text, wrong) => {
    chosen.textContent = text;
    chosen.classList.toggle("is-wrong", wrong);
  };
  const size = (n) =>
    n < 1024 ? `${n} B` : n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`;
  const tell = () => {
    const [file] = field.files;
    form.classList.toggle("has-file", Boolean(file));
    again.textContent = file ? another : choose;
    if (!file) say("", false);
    else if (file.size > limit) say(`${file.name} · ${size(file.size)}　${form.dataset.large}`, true);
    else say(`${file.name} · ${size(file.size)}`, false);
  };
  const rest = () => {
    button.removeAttribute("aria-disabled");
    words.textContent = ready;
  };

  form.classList.add("is-enhanced");
  field.addEventListener("change", tell);
  tell();

  // Anywhere on the page counts: a file that misses the frame must not open in the browser instead.
  let depth = 0;
  const over = (on) => drop.classList.toggle("is-over", on);
  addEventListener("dragenter", (e) => { e.preventDefault(); depth += 1; over(true); });
  addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); over(depth > 0); });
  addEventListener("dragover", (e) => e.preventDefault());
  addEventListener("drop", (e) => {
    e.preventDefault();
    depth = 0;
    over(false);
    const files = e.dataTransfer ? e.dataTransfer.files : [];
    if (files.length > 1) {
      say(form.dataset.one, true);
    } else if (files.length === 1) {
      field.files = files;
      tell();
      button.focus();
    }
  });

  form.addEventListener("submit", (e) => {
    if (button.getAttribute("aria-disabled") === "true") {
      e.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    words.textContent = form.dataset.busy;
  });
  // Coming back by the browser's own button finds the form usable again.
  addEventListener("pageshow", () => { rest(); tell(); });
}

const pages = document.querySelectorAll(".page[data-title]");
if (pages.length) {
  const box = (id) => document.getElementById(id);
  const [lang, large, contrast] = ["switch-lang", "switch-size", "switch-contrast"].map(box);

  // Style does the switching; here only what style cannot: title, language, and the links that lead on.
  const follow = () => {
    const shown = pages[lang.checked ? 1 : 0];
    document.title = shown.dataset.title;
    document.documentElement.lang = shown.lang;
    for (const link of document.querySelectorAll('.page a[href^="/verify"]')) {
      const query = new URLSearchParams();
      if (link.closest(".page").lang === "en") query.set("lang", "en");
      if (large.checked) query.set("size", "large");
      if (contrast.checked) query.set("contrast", "high");
      link.setAttribute("href", `/verify${query.toString() ? `?${query}` : ""}`);
    }
  };
  for (const one of [lang, large, contrast]) one.addEventListener("change", follow);
  follow();

  for (const print of document.querySelectorAll(".js-print")) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
}
