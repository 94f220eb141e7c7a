package photo

import (
	"image"
	"slices"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// look finds codes in one picture, in two ways of telling black from white: by
// the neighbourhood, which stands shadows, and by the whole, which stands noise.
func look(img *image.Gray, invert bool) []string {
	var light gozxing.LuminanceSource = gozxing.NewLuminanceSourceFromImage(img)
	if invert {
		light = light.Invert()
	}
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(light), gozxing.NewGlobalHistgramBinarizer(light)} {
		if texts := decode(binarizer); len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// decode asks the decoder, which others wrote and which is given what strangers
// took: a panic in it is a code that cannot be read.
func decode(binarizer gozxing.Binarizer) (texts []string) {
	defer func() {
		if recover() != nil {
			texts = nil
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return nil
	}
	bits, err := bitmap.GetBlackMatrix()
	if err != nil || crowded(bits) {
		return nil
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
	if found, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints); err == nil {
		for _, r := range found {
			if !slices.Contains(texts, r.GetText()) {
				texts = append(texts, r.GetText())
			}
		}
	}
	if len(texts) > 0 {
		return texts
	}
	if r, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
		return []string{r.GetText()}
	}
	if text, ok := fitted(bits, hints); ok {
		return []string{text}
	}
	return nil
}
