package formattest

import "testing"

// Speed makes a benchmark say how many bytes it works through in a second, by
// the clock and by the processor: the second holds on a machine that does other
// things too. Call it before the loop.
func Speed(b *testing.B, size int64) {
	b.SetBytes(size)
	before := processor()
	b.Cleanup(func() {
		if took := processor() - before; took > 0 {
			b.ReportMetric(float64(size)*float64(b.N)/1e6/took.Seconds(), "cpu-MB/s")
		}
	})
}
