/* Counts down what the server has written: the seconds in data-left. The page works
   without it; a reload shows the time that is left. */
for (const clock of document.querySelectorAll("time[data-left]")) {
  const until = Date.now() + 1000 * Number(clock.dataset.left);
  const show = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("over", left === 0);
  };
  show();
  setInterval(show, 1000);
}
