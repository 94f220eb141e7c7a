package checks

import (
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/schema/product"
)

// Beside are the files that a product declares to sign a firmware's image.
func Beside(p *product.Product, fw *product.Firmware) []firmware.Beside {
	if p == nil || fw == nil || fw.Signature == "" {
		return nil
	}
	return []firmware.Beside{{Name: fw.Signature, Data: p.Documents[fw.Signature].Data}}
}
