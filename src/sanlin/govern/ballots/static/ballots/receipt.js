// A scanned receipt brings its code behind the hash, which no server sees: put it into the field.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("code");
if (field && code && !field.value) field.value = code.slice(0, 40);
