// At a till: the camera reads the code. Only where the browser itself can read QR codes; typing works everywhere.
'use strict';

const camera = document.querySelector('[data-camera]');
const form = document.getElementById('redeem');
const told = camera.querySelector('[role=status]');
const finder = camera.querySelector('.viewfinder');
const button = camera.querySelector('button');
const video = camera.querySelector('video');

function stop(why) {
	video.srcObject?.getTracks().forEach(track => track.stop());
	video.srcObject = null;
	finder.hidden = true;
	told.textContent = why;
	button.querySelector('span').textContent = 'Scan with the camera';
}

async function watch(detector) {
	while (video.srcObject) {
		const [found] = await detector.detect(video).catch(() => []);
		if (found?.rawValue && video.srcObject) {
			document.getElementById('token').value = found.rawValue.slice(0, 300);
			stop('Code read');
			return form.requestSubmit();
		}
		await new Promise(next => setTimeout(next, 200));
	}
}

async function start(detector) {
	try {
		video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
		await video.play();
	} catch (error) {
		return stop(error.name === 'NotAllowedError' ? 'This browser may not use the camera. Allow it in its settings, or type the code.' : 'No camera was found. Type the code.');
	}
	finder.hidden = false;
	told.textContent = 'Point the camera at the code';
	button.querySelector('span').textContent = 'Stop the camera';
	watch(detector);
}

(async () => {
	const formats = 'BarcodeDetector' in window && navigator.mediaDevices ? await BarcodeDetector.getSupportedFormats() : [];
	if (!formats.includes('qr_code')) return;
	const detector = new BarcodeDetector({ formats: ['qr_code'] });
	camera.hidden = false;
	button.addEventListener('click', () => (video.srcObject ? stop('') : start(detector)));
	// Whoever has allowed it once does not press a button for each code.
	const allowed = await navigator.permissions?.query({ name: 'camera' }).catch(() => null);
	if (allowed?.state === 'granted') start(detector);
})();
