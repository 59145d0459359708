// What the room's page consists of, found once.
const room = document.getElementById("room");
const player = document.getElementById("player");
const chat = document.getElementById("chat");
const beat = document.getElementById("beat");
const stage = room.querySelector(".room__stage");
const start = room.querySelector(".room__start");
const wait = room.querySelector(".room__wait");
const word = document.getElementById("moved");
const sound = room.querySelector("[data-sound]");
const captions = room.querySelector("[data-captions]");
const fullscreen = room.querySelector("[data-fullscreen]");
const duration = Number(room.dataset.duration);
const TICK = 500;
const SLEPT = 15000; // a pause after which the server must say again where the session is
