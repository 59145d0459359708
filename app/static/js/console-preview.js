// The stream as viewers get it, small and silent, beside the speaker's buttons. What is drawn anew
// around it takes the picture over and does not begin it again.
(() => {
  "use strict";
  const place = document.querySelector(".console");
  if (!place) return;

  const RETRY = 3000;
  const HEARD_BY = 3; // seconds of picture by which sound would have been decoded
  let details = null;
  let library = null;
  let stream = null;
  let retrying = 0;
  let sound; // undefined while nobody knows

  const loadLibrary = (address) =>
    (library ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    }));
  const tell = (name) => {
    const words = details?.querySelector("[role=status]");
    if (words && words.textContent !== words.dataset[name]) words.textContent = words.dataset[name];
  };
  const decoded = (video) => {
    if (sound !== undefined) return sound;
    if (video.webkitAudioDecodedByteCount > 0 || video.mozHasAudio || video.audioTracks?.length) return true;
    const knows = "webkitAudioDecodedByteCount" in video || "mozHasAudio" in video || "audioTracks" in video;
    return knows && video.currentTime > HEARD_BY ? false : undefined;
  };
  const tellSound = (video) => {
    const heard = decoded(video);
    tell(heard === undefined ? "plain" : heard ? "with" : "without");
  };
  const detach = () => {
    clearTimeout(retrying);
    stream?.destroy();
    stream = null;
    sound = undefined;
  };
  const again = () => {
    if (!details?.open) return;
    tell("wait");
    clearTimeout(retrying);
    retrying = setTimeout(attach, RETRY);
  };
  const withLibrary = async (video, address) => {
    if (!window.Hls) await loadLibrary(video.dataset.library);
    if (!window.Hls.isSupported()) return;
    const made = new window.Hls({ enableWorker: false, liveSyncDurationCount: 2, maxBufferLength: 6 });
    stream = made;
    made.on(window.Hls.Events.BUFFER_CODECS, (_, tracks) => {
      sound = Boolean(sound || tracks.audio || tracks.audiovideo);
    });
    made.on(window.Hls.Events.ERROR, (_, error) => error.fatal && stream === made && again());
    made.loadSource(address);
    made.attachMedia(video);
  };
  const attach = async () => {
    detach();
    const video = details?.querySelector("video");
    if (!video || !details.open) return;
    tell("wait");
    try {
      video.muted = true;
      if (video.canPlayType("application/vnd.apple.mpegurl")) video.src = details.dataset.preview;
      else await withLibrary(video, details.dataset.preview);
      await video.play();
    } catch (error) {
      if (error.name !== "AbortError") again();
    }
  };
  const listen = (video) => {
    video.addEventListener("timeupdate", () => video.currentTime > 0 && tellSound(video));
    video.addEventListener("waiting", () => tell("wait"));
    video.addEventListener("error", () => !stream && again());
    video.addEventListener("ended", again);
  };
  const takeOver = (found) => {
    const old = details;
    details = found;
    if (old && found && old.dataset.preview === found.dataset.preview) {
      const status = old.querySelector("[role=status]").textContent;
      found.querySelector("video").replaceWith(old.querySelector("video"));
      found.querySelector("[role=status]").textContent = status;
      found.open = old.open;
      found.addEventListener("toggle", toggled);
      found.querySelector("video").play().catch(() => {});
      return;
    }
    detach();
    if (!found) return;
    listen(found.querySelector("video"));
    found.addEventListener("toggle", toggled);
    attach();
  };
  const toggled = (event) => {
    if (event.currentTarget !== details) return;
    if (details.open && !stream && !details.querySelector("video").currentSrc) attach();
    else if (!details.open) close();
  };
  const close = () => {
    detach();
    const video = details.querySelector("video");
    video.removeAttribute("src");
    video.load();
  };
  const look = () => {
    const found = place.querySelector("[data-preview]");
    if (found !== details) takeOver(found);
  };

  new MutationObserver(look).observe(place, { childList: true, subtree: true });
  look();
})();
