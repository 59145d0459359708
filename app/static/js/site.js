// Copy buttons, what is dismissed, the theme switch, the viewer's time zone, where one is in a row of links and in a list. Loaded before the first paint, so that a chosen theme never
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

  // The server shows times in the zone of the cookie; what this page offers is asked for anew where
  // it was drawn for another.
  const YEAR = 31536000;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  const tellZone = () => {
    if (!zone) return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    for (const field of document.querySelectorAll("[data-zone-field]")) field.value = zone;
    const slots = document.querySelector("[data-source][data-zone]");
    if (slots && slots.dataset.zone !== zone) renew(slots);
  };

  const renew = (slots) => {
    const address = new URL(slots.dataset.source, location.href);
    const picked = slots.querySelector("input[type=radio]:checked");
    address.searchParams.set("zone", zone);
    if (picked) address.searchParams.set("slot", picked.value);
    htmx.ajax("GET", address.pathname + address.search, { target: slots, swap: "outerHTML" });
  };

  // On a phone the row is longer than the screen: the present section is brought into sight.
  const showPlace = () => {
    for (const here of document.querySelectorAll(".desk__nav [aria-current], .tabs [aria-current]")) {
      const row = here.parentElement.closest(".desk__nav, .tabs");
      const ahead = here.getBoundingClientRect().left - row.getBoundingClientRect().left;
      row.scrollLeft += ahead - (row.clientWidth - here.clientWidth) / 2;
    }
  };

  document.addEventListener("DOMContentLoaded", tellZone);
  document.addEventListener("DOMContentLoaded", showPlace);

  showTheme(remembered());
  addEventListener("storage", (event) => {
    if (event.key === KEY) showTheme(event.newValue);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-theme-switch], [data-dismiss]");
    if (!button) return;
    if ("copy" in button.dataset) copy(button);
    else if ("dismiss" in button.dataset) document.querySelector(button.dataset.dismiss)?.replaceChildren();
    else switchTheme();
  });

  // A list that scrolls and is put in anew stays at the line that was read.
  const read = {};
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    for (const each of detail.target.querySelectorAll("[data-scrolls]")) {
      read[each.dataset.scrolls] = each.scrollTop;
    }
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    for (const each of document.querySelectorAll("[data-scrolls]")) {
      const at = read[each.dataset.scrolls];
      if (at && !each.scrollTop) each.scrollTop = at;
    }
  });
})();
