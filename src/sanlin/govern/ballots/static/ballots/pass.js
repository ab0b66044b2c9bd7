// A scanned code comes behind the hash, which no server sees: put it into the field and send the form.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("id_code");
if (field && code && !field.value) {
  field.value = code.slice(0, 300);
  field.form.requestSubmit();
}
