//go:build !amd64 || purego

package lzma

const inAssembly = false

func symbols(*Decoder, []byte, int) (to, end int) { panic("lzma: not reached") }
