/** Loaded before the page is drawn, so that it never flashes in the other mode. */
const mode = localStorage.getItem("pawl-mode");
if (mode === "light" || mode === "dark") document.documentElement.dataset["mode"] = mode;
