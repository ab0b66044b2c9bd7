// A page that shows what happens in the room asks for itself again, as its noscript twin does.
const seconds = Number(document.currentScript.dataset.seconds);
setTimeout(() => location.reload(), seconds * 1000);
