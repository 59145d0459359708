// What the broadcast's page consists of. The stage comes and goes: it is looked up when needed.
const room = document.getElementById("room");
const chat = document.getElementById("chat") ?? document.createElement("div");
const beat = document.getElementById("beat");
const own = document.getElementById("own");
const lost = document.getElementById("lost");
const TICK = 1000;
const SLEPT = 15000;
const PATIENCE = 7000; // without an answer for so long the connection is said to be lost
// Nothing of a broadcast is held back: its lines are shown when they come.
const holdsBack = () => false;
