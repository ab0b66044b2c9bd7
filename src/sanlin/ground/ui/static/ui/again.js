// A page that shows what happens in the room asks for itself again, as its noscript twin does. Not
// once somebody has gone on by a link: to reload then would take her back to where she was.
const { seconds } = document.currentScript.dataset;
let again;
addEventListener("pageshow", () => { again = setTimeout(() => location.reload(), seconds * 1000); });
addEventListener("beforeunload", () => clearTimeout(again));
