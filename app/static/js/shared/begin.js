// A screen is told to play; without sound where the browser lets nothing sound by itself.
// Answers what came of it: it `plays`, is `held` up by the browser, or was `stopped` meanwhile.
const begin = async (screen, wanted = () => true) => {
  try {
    await screen.play();
    return "plays";
  } catch (error) {
    if (error.name !== "NotAllowedError" || !wanted()) return "stopped";
    if (screen.quiet()) return "held";
    screen.hush(true);
    return begin(screen, wanted);
  }
};
