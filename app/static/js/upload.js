// Sends a file in pieces and goes on where it stopped: after a broken connection by itself, after
// a reload once the same file is chosen. Without this script the form sends the file whole.
(() => {
  "use strict";
  const form = document.querySelector("[data-upload]");
  if (!form || !window.tus?.isSupported) return;

  const PIECE = 5_000_000;
  const AGAIN = 15_000; // while the network says nothing of itself
  const MEGABYTE = 1_000_000;
  const find = (name) => form.querySelector(`[data-upload-${name}]`);
  const words = find("words").dataset;
  const [progress, text, said] = ["progress", "text", "said"].map(find);
  const [wrong, start, pause, cancel] = ["error", "start", "pause", "cancel"].map(find);
  const bar = form.querySelector("progress");
  const input = form.querySelector("input[type=file]");
  const pauseWords = pause.textContent;
  let upload = null;
  let paused = false;
  let retry = 0;

  const showError = (message) => {
    wrong.textContent = message;
    wrong.hidden = !message;
  };

  const showRunning = (running) => {
    progress.hidden = !running;
    start.hidden = input.disabled = running;
    pause.hidden = cancel.hidden = !running;
  };

  const showProgress = (sent, total) => {
    const percent = Math.floor((sent / total) * 100);
    bar.value = percent;
    text.textContent = words.progress
      .replace("{percent}", percent)
      .replace("{sent}", (sent / MEGABYTE).toFixed(1))
      .replace("{total}", (total / MEGABYTE).toFixed(1));
  };

  const finish = (message) => {
    clearTimeout(retry);
    upload = null;
    said.textContent = message;
    showRunning(false);
  };

  const status = (error) => error.originalResponse?.getStatus() ?? 0;
  const passes = (code) => code === 0 || code === 409 || code === 429 || (code >= 500 && code !== 507);

  // The server's own words where it said some.
  const reason = (error) => {
    const answer = error.originalResponse;
    const plain = answer?.getHeader("Content-Type")?.startsWith("text/plain");
    return (plain && answer.getBody()) || words.failed;
  };

  const wait = () => {
    text.textContent = said.textContent = words.waiting;
    clearTimeout(retry);
    retry = setTimeout(goOn, AGAIN);
  };

  const goOn = () => {
    clearTimeout(retry);
    if (upload && !paused) upload.start();
  };

  const failed = (error) => {
    if (upload && passes(status(error))) return wait();
    finish("");
    showError(reason(error));
  };

  const uploaded = () => {
    finish(words.done);
    form.reset();
    window.htmx?.trigger(form.dataset.state, "uploaded");
  };

  const begin = async (file) => {
    upload = new tus.Upload(file, {
      endpoint: form.dataset.upload,
      chunkSize: PIECE,
      retryDelays: [0, 1000, 3000, 5000],
      removeFingerprintOnSuccess: true,
      headers: { "X-CSRFToken": form.elements.csrf_token.value },
      metadata: { filename: file.name },
      onShouldRetry: (error) => navigator.onLine && passes(status(error)),
      onProgress: showProgress,
      onSuccess: uploaded,
      onError: failed,
    });
    const [earlier] = await upload.findPreviousUploads();
    if (earlier) upload.resumeFromPreviousUpload(earlier);
    upload.start();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = input.files;
    if (!file) return showError(words.needed);
    if (file.size > Number(form.dataset.most) * MEGABYTE) return showError(words.large);
    showError("");
    paused = false;
    pause.textContent = pauseWords;
    showProgress(0, file.size);
    showRunning(true);
    said.textContent = words.started;
    begin(file);
  });

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.resume : pauseWords;
    if (paused) upload?.abort();
    else goOn();
  });

  cancel.addEventListener("click", () => {
    upload?.abort(true).catch(() => {});
    finish("");
    form.reset();
  });

  addEventListener("online", goOn);
})();
