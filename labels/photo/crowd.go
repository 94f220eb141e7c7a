package photo

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// maxCorners is how many corners of codes are looked at: a photo of a label has
// three. The decoder tries all threes of them, so that a picture full of corners
// would keep it busy for days.
const maxCorners = 40

// crowded reports whether more corners than that stand in the picture. It goes
// over every third row, as the decoder does.
func crowded(bits *gozxing.BitMatrix) bool {
	finder := detector.NewFinderPatternFinder(bits, nil)
	for y := 2; y < bits.GetHeight(); y += 3 {
		cornersIn(bits, finder, y)
		if len(finder.GetPossibleCenters()) > maxCorners {
			return true
		}
	}
	return false
}

// cornersIn gives the finder the places of a row where five runs, from black to
// black, have lengths of 1, 1, 3, 1 and 1.
func cornersIn(bits *gozxing.BitMatrix, finder *detector.FinderPatternFinder, y int) {
	runs := make([]int, 5)
	black := false
	for x := 0; x <= bits.GetWidth(); x++ {
		if x < bits.GetWidth() && bits.Get(x, y) == black {
			runs[4]++
			continue
		}
		if black && runs[0] > 0 && detector.FinderPatternFinder_foundPatternCross(runs) {
			finder.HandlePossibleCenter(append([]int(nil), runs...), y, x)
			if len(finder.GetPossibleCenters()) > maxCorners {
				return
			}
		}
		copy(runs, runs[1:])
		runs[4], black = 1, !black
	}
}
