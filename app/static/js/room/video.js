// A screen is whatever shows the recording. This one is a <video>: a file, or a stream.
// `at`: the second it shows; `ready`: whether it could go on; `moving`: whether it does;
// `held`: whether it was stopped and has to be told to play.
const loadScript = (address) =>
  new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });

// A browser that reads no streams by itself is taught to by hls.js, which is fetched only then.
const attachStream = async (video, broken) => {
  const { src, library } = video.dataset;
  if (video.canPlayType("application/vnd.apple.mpegurl")) {
    video.src = src;
    return;
  }
  try {
    await loadScript(library);
    if (!window.Hls.isSupported()) return broken();
    const stream = new window.Hls({ enableWorker: false });
    stream.on(window.Hls.Events.ERROR, (_, error) => {
      if (!error.fatal) return;
      if (error.type === window.Hls.ErrorTypes.NETWORK_ERROR && error.response?.code !== 404)
        setTimeout(() => stream.startLoad(), 2000);
      else if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR) stream.recoverMediaError();
      else broken();
    });
    stream.loadSource(src);
    stream.attachMedia(video);
  } catch {
    broken();
  }
};

const videoScreen = (video, hear) => {
  let rate = 1;
  const on = (name, told) => video.addEventListener(name, told);
  on("ratechange", () => {
    if (video.playbackRate !== rate) video.playbackRate = rate;
  });
  on("contextmenu", (event) => event.preventDefault());
  on("playing", hear.playing);
  on("pause", () => !video.ended && hear.paused());
  on("ended", hear.ended);
  on("volumechange", hear.volume);
  on("timeupdate", hear.time);
  on("error", () => video.error?.code >= 3 && hear.broken());
  if (video.dataset.src) attachStream(video, hear.broken);
  return {
    seekPause: 3000,
    at: () => video.currentTime,
    ready: () => video.readyState > 1 && !video.seeking,
    waiting: () => !video.paused && video.readyState < 3,
    moving: () => !video.paused && !video.ended && !video.seeking,
    held: () => video.paused,
    over: () => video.ended,
    seek: (seconds) => {
      const last = Number.isFinite(video.duration) ? video.duration : seconds;
      video.currentTime = Math.min(seconds, last);
    },
    play: () => video.play(),
    pause: () => video.pause(),
    hush: (quiet) => {
      video.muted = quiet;
    },
    quiet: () => video.muted,
    nudge: (wanted) => {
      rate = wanted;
      if (video.playbackRate !== rate) video.playbackRate = rate;
    },
  };
};
