// The island of the photo before an attestation: where there is a camera that the field of files does not open (a computer's), the page shows
// its picture and takes the photo itself. Without it a file is chosen.
export {};

const form = document.querySelector<HTMLInputElement>('#file')?.form;
if (form && navigator.mediaDevices && !matchMedia('(pointer: coarse)').matches) offer(form);

function button(words: string, act: () => void) {
  const made = document.createElement('button');
  Object.assign(made, { type: 'button', className: 'btn', textContent: words });
  made.addEventListener('click', act);
  return made;
}

function offer(form: HTMLFormElement) {
  const box = document.createElement('div');
  box.className = 'stack';
  box.append(button('Включить камеру', () => void open(form, box)));
  form.prepend(box);
}

async function open(form: HTMLFormElement, box: HTMLElement) {
  box.querySelector('button')!.disabled = true;
  const film = document.createElement('video');
  Object.assign(film, { muted: true, playsInline: true, width: 480 });
  film.setAttribute('aria-label', 'Что видит камера');
  let stream: MediaStream | undefined;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } });
    addEventListener('pagehide', stop);
    film.srcObject = stream;
    box.replaceChildren(film);
    await film.play();
  } catch {
    stop();
    const said = document.createElement('p');
    Object.assign(said, { className: 'wrong', textContent: 'Камера не включилась. Разрешите её в браузере, выберите файл или начните без снимка.' });
    said.setAttribute('role', 'status');
    return box.replaceChildren(said);
  }
  // Only now: a camera that is slow to wake shows nothing at first, and nothing cannot be taken.
  box.append(button('Сделать снимок', () => void take()));

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
  }

  async function take() {
    const pressed = box.querySelector('button')!;
    pressed.disabled = true;
    const picture = document.createElement('canvas');
    [picture.width, picture.height] = [film.videoWidth, film.videoHeight];
    picture.getContext('2d')!.drawImage(film, 0, 0);
    const blob = await new Promise<Blob | null>((done) => picture.toBlob(done, 'image/jpeg', 0.9));
    if (!blob) {
      pressed.disabled = false;
      return;
    }
    stop();
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], 'снимок.jpg', { type: 'image/jpeg' }));
    form.querySelector<HTMLInputElement>('#file')!.files = chosen.files;
    form.submit();
  }
}
