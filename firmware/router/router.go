// Package router reads the headers that makers of routers and access points put
// in front of a kernel and a root file system. One file here stands for one
// header, named for the maker or for the format:
//
//	asus.go               what ASUS writes at the end of a TRX
//	broadcom.go           image tag of Broadcom's CFE on the BCM63xx
//	buffalo.go            Buffalo's encryption with a fixed key
//	buffalo_tag.go        Buffalo's tag with product, brand and region
//	dlink_encrypted.go    D-Link's SHRS and encrpted_img
//	dlink_wrgg.go         D-Link's WRG and WRGG03
//	edimax.go             Edimax CSYS
//	linksys.go            the code pattern of CyberTAN in front of a TRX
//	mikrotik.go           MikroTik NPK
//	mikrotik_files.go     the archive of files in an old NPK
//	netgear_chk.go        Netgear CHK
//	netgear_dni.go        Netgear images made by DNI, a header of text
//	netgear_model.go      a model's name and a checksum, as Netgear's WNR854T
//	planex.go             Planex
//	realtek.go            Realtek cs6c, cr6c and the like
//	seama.go              SEAMA of D-Link and others, also called DLOB
//	sercomm.go            Sercomm
//	tplink.go             TP-Link headers of versions 1, 2 and 3
//	tplink_safeloader.go  TP-Link SafeLoader
//	trx.go                TRX, versions 1 and 2
//	ubiquiti.go           Ubiquiti
//	xiaomi.go             Xiaomi HDR1 and HDR2
//	zyxel.go              ZyXEL ROMBIN objects of ZyNOS
//
// The makers publish no descriptions. The layouts are those that the free tools
// of OpenWrt (its firmware-utils) write, that the kernel's partition parsers
// (drivers/mtd/parsers) read, and that unblob and binwalk document; no program of
// Debian writes them, so that the tests build each header from those
// descriptions.
//
// Checksums are verified where a format has them; each is reported as a Hash. A
// header whose checksum is missing or wrong counts only if there is a container
// in what it describes. A wrong checksum is damage of the container, and what
// lies inside is read all the same. Signatures in these headers are noted among
// the attributes and not judged.
package router

import "github.com/assay-iot/assay/firmware/format"

// Formats are the headers, those before the others that begin with a checksum of
// their own.
func Formats() []*format.Format {
	return []*format.Format{
		TRX, CHK, Seama, WRGG, SHRS, EncryptedImage,
		TPLink, TPLinkStart, SafeLoader,
		ImageTag, ImageTagStart,
		Ubiquiti, Xiaomi, NPK,
		CyberTAN, Realtek, Edimax, ZyNOS, Sercomm,
		DNI, Buffalo, BuffaloTag, Planex, Model,
	}
}
