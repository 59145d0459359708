// Copy buttons and the theme switch. Loaded before the first paint, so that a chosen theme never
// flashes; everything is delegated from the document, so fragments that come later work too.
(() => {
  "use strict";
  const KEY = "efir-theme";
  const root = document.documentElement;
  root.dataset.js = "";

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is refused: the system's theme stays
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // the choice lasts as long as the page
    }
  };

  const showTheme = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  };

  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;

  const switchTheme = () => {
    const theme = isDark() ? "light" : "dark";
    showTheme(theme);
    remember(theme);
  };

  // navigator.clipboard exists on https and localhost alone.
  const write = async (field) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
    field.select();
    document.execCommand("copy");
  };

  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    try {
      await write(field);
    } catch {
      field.select();
      return;
    }
    const label = button.querySelector("[data-copy-label]") || button;
    const before = button.dataset.copyBefore || label.textContent;
    button.dataset.copyBefore = before;
    label.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = before;
    }, 2000);
  };

  showTheme(remembered());
  addEventListener("storage", (event) => {
    if (event.key === KEY) showTheme(event.newValue);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-theme-switch]");
    if (!button) return;
    if ("copy" in button.dataset) copy(button);
    else switchTheme();
  });
})();
