//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// What the registers hold from one symbol to the next: AX the code and BX the range
// of the range coder, SI where it reads, DI where the next byte of the output goes,
// R8 the Decoder (between symbols only). Within a number that is decoded bit by bit
// R14 points to its probabilities, CX is what is known of it with a one in front,
// and DX the probability of the next bit.

// normalize takes a byte of the input if the range has become small.
#define NORMALIZE \
	CMPL BX, $0x1000000; \
	JCC  5(PC); \
	SHLL $8, BX; \
	SHLL $8, AX; \
	MOVB (SI), AX; \
	INCQ SI

// TREEBIT decodes a bit of a tree. No processor foresees it, so nothing branches on
// it; the probabilities of both bits that may follow are read while it is decoded.
#define TREEBIT \
	NORMALIZE; \
	MOVL    BX, R11; \
	SHRL    $const_probBits, R11; \
	IMULL   DX, R11; \
	LEAQ    (R14)(CX*2), R13; \
	MOVWLZX (R14)(CX*4), R9; \
	MOVWLZX 2(R14)(CX*4), R10; \
	ADDL    CX, CX; \
	LEAL    const_toZero(DX), R15; \
	MOVL    AX, R12; \
	SUBL    R11, BX; \
	SUBL    R11, AX; \
	CMOVLCS R11, BX; \
	CMOVLCS R12, AX; \
	CMOVLCC R10, R9; \
	CMOVLCC DX, R15; \
	SBBL    $-1, CX; \
	SARL    $const_moveBits, R15; \
	SUBL    R15, DX; \
	MOVW    DX, (R13); \
	MOVL    R9, DX

// BOUND, DECIDE and SETTLE are steps of a bit of a literal after a match. R11 is the part
// of the range that belongs to the bit 0; R15 is all ones for it, as is the carry.
#define BOUND \
	NORMALIZE; \
	MOVL     BX, R11; \
	SHRL     $const_probBits, R11; \
	IMULL    DX, R11; \
	ADDL     CX, CX

#define DECIDE \
	SUBL     R11, BX; \
	SUBL     R11, AX; \
	CMOVLCS  R11, BX; \
	SBBL     R15, R15

#define SETTLE \
	ANDL     R15, R11; \
	ADDL     R11, AX; \
	ANDL     $const_toZero, R15; \
	ADDL     DX, R15; \
	SARL     $const_moveBits, R15; \
	SUBL     R15, DX; \
	MOVW     DX, (R13)

// LIKEBIT decodes a bit of a literal after a match. Bit 8 of R9 is the bit with which
// the match would have gone on, R10 is 0x100 while its bits were the same, R13 points
// to the probability. Three may come next: those of the two bits in the tree without
// a match, and of the same bit in the tree of a match. All are read ahead.
#define LIKEBIT \
	BOUND; \
	MOVL     R9, R12; \
	MOVL     R9, R15; \
	ANDL     R10, R12; \
	SHRL     $8, R15; \
	ADDL     R9, R9; \
	ANDL     $1, R15; \
	MOVL     R9, R8; \
	ANDL     $0x100, R8; \
	ADDL     R8, R15; \
	ADDL     CX, R15; \
	MOVWLZX  0x200(R14)(R15*2), R15; \
	MOVWLZX  (R14)(CX*2), R8; \
	MOVWLZX  2(R14)(CX*2), DI; \
	XORL     R12, R10; \
	CMOVLNE  R15, R8; \
	TESTL    R12, R12; \
	CMOVLNE  R15, DI; \
	DECIDE; \
	CMOVLCC  DI, R8; \
	CMOVLCC  R12, R10; \
	SBBL     $-1, CX; \
	SETTLE; \
	MOVL     R8, DX; \
	MOVL     R9, R13; \
	ANDL     R10, R13; \
	ADDL     R10, R13; \
	ADDL     CX, R13; \
	LEAQ     (R14)(R13*2), R13

// LASTBIT decodes the last of them, without a look at what follows.
#define LASTBIT \
	BOUND; \
	DECIDE; \
	SBBL     $-1, CX; \
	SETTLE

// BRANCH decodes a bit whose probability R13 points to, and goes to one if it is
// set. ONE or ZERO must follow: they bring the range and the probability up to date.
#define BRANCH(one) \
	NORMALIZE; \
	MOVWLZX (R13), DX; \
	MOVL    BX, R11; \
	SHRL    $const_probBits, R11; \
	IMULL   DX, R11; \
	CMPL    AX, R11; \
	JCC     one

#define ZERO \
	MOVL R11, BX; \
	MOVL $(1<<const_probBits), R15; \
	SUBL DX, R15; \
	SHRL $const_moveBits, R15; \
	ADDL R15, DX; \
	MOVW DX, (R13)

#define ONE \
	SUBL R11, BX; \
	SUBL R11, AX; \
	MOVL DX, R15; \
	SHRL $const_moveBits, R15; \
	SUBL R15, DX; \
	MOVW DX, (R13)

#define ROOT \
	MOVL    $1, CX; \
	MOVWLZX 2(R14), DX

#define TREE3 ROOT; TREEBIT; TREEBIT; TREEBIT
#define TREE8 TREE3; TREEBIT; TREEBIT; TREEBIT; TREEBIT; TREEBIT

// NEXT sets the state: one after a literal, another after a match. R10 is the old.
#define NEXT(afterLit, afterMatch) \
	MOVL    $afterMatch, R12; \
	MOVL    $afterLit, R15; \
	CMPL    R10, $const_litStates; \
	CMOVLCS R15, R12; \
	MOVL    R12, Decoder_state(R8)

#define SOURCE(field) (Decoder_source+field)(R8)
#define REP(i) (Decoder_rep+4*i)(R8)

// func symbols(d *Decoder, out []byte, n int) (to, end int)
TEXT ·symbols(SB), NOSPLIT, $72-56
	MOVQ    d+0(FP), R8
	MOVQ    out_base+8(FP), R9
	MOVQ    n+32(FP), DI
	ADDQ    R9, DI
	MOVQ    out_len+16(FP), R10
	ADDQ    R9, R10
	MOVQ    R10, end-8(SP)
	ADDQ    Decoder_base(R8), R9
	MOVQ    R9, base-16(SP)
	MOVQ    SOURCE(source_src), R9
	MOVQ    SOURCE(source_pos), SI
	ADDQ    R9, SI
	ADDQ    SOURCE(source_safe), R9
	MOVQ    R9, safe-24(SP)
	MOVL    $1, R10
	MOVQ    (Decoder_props+Props_PB)(R8), CX
	MOVQ    R10, R11
	SHLQ    CX, R11
	DECQ    R11
	MOVQ    R11, posMask-32(SP)
	MOVQ    (Decoder_props+Props_LP)(R8), CX
	SHLQ    CX, R10
	DECQ    R10
	MOVQ    R10, lpMask-40(SP)
	MOVQ    $8, CX
	SUBQ    (Decoder_props+Props_LC)(R8), CX
	MOVQ    CX, shift-48(SP)
	MOVL    Decoder_code(R8), AX
	MOVL    Decoder_rng(R8), BX

symbol:
	CMPQ SI, safe-24(SP)
	JHI  more
	CMPQ DI, end-8(SP)
	JCC  more
	MOVQ DI, R9
	SUBQ base-16(SP), R9
	MOVQ R9, R12
	ANDQ posMask-32(SP), R12
	MOVL Decoder_state(R8), R10
	MOVL R10, R13
	SHLL $const_maxPosBits, R13
	ORL  R12, R13
	LEAQ Decoder_isMatch(R8)(R13*2), R13
	BRANCH(match)

	// A literal. Its probabilities depend on the place and on the byte before.
	ZERO
	XORL    R12, R12
	TESTQ   R9, R9
	JEQ     first
	MOVBLZX -1(DI), R12
first:
	MOVQ    R9, R13
	ANDQ    lpMask-40(SP), R13
	SHLQ    $8, R13
	ADDQ    R12, R13
	MOVQ    shift-48(SP), CX
	SHRQ    CX, R13
	IMUL3Q  $(2*const_literalSize), R13, R13
	MOVQ    Decoder_literals(R8), R14
	ADDQ    R13, R14
	LEAQ    ·afterLiteral(SB), R12
	MOVL    (R12)(R10*4), R12
	MOVL    R12, Decoder_state(R8)
	CMPL    R10, $const_litStates
	JCS     plain
	MOVL    REP(0), R13
	CMPQ    R13, R9
	JCC     plain
	NOTQ    R13
	MOVBLZX (DI)(R13*1), R9
	ADDL    R9, R9
	MOVL    $0x100, R10
	MOVL    $1, CX
	MOVL    R9, R13
	ANDL    R10, R13
	LEAQ    0x202(R14)(R13*2), R13
	MOVWLZX (R13), DX
	MOVQ    DI, where-56(SP)
	LIKEBIT; LIKEBIT; LIKEBIT; LIKEBIT; LIKEBIT; LIKEBIT; LIKEBIT; LASTBIT
	MOVQ    where-56(SP), DI
	MOVQ    d+0(FP), R8
	JMP     decoded

plain:
	TREE8

decoded:
	MOVB CX, (DI)
	INCQ DI
	JMP  symbol

match:
	ONE
	MOVQ R12, where-56(SP)
	LEAQ Decoder_isRep(R8)(R10*2), R13
	BRANCH(repeated)
	ZERO
	MOVL REP(2), R12
	MOVL R12, REP(3)
	MOVL REP(1), R12
	MOVL R12, REP(2)
	MOVL REP(0), R12
	MOVL R12, REP(1)
	NEXT(7, 10)
	LEAQ Decoder_lens(R8), R14
	JMP  length

repeated:
	ONE
	LEAQ Decoder_isRep0(R8)(R10*2), R13
	BRANCH(older)
	ZERO
	MOVL R10, R13
	SHLL $const_maxPosBits, R13
	ORL  where-56(SP), R13
	LEAQ Decoder_isRep0L(R8)(R13*2), R13
	BRANCH(long)
	ZERO
	NEXT(9, 11)
	MOVL $1, R12
	JMP  copy

older:
	ONE
	MOVL REP(1), R9
	LEAQ Decoder_isRep1(R8)(R10*2), R13
	BRANCH(old2)
	ZERO
	JMP  swap1

old2:
	ONE
	MOVL R9, R12
	MOVL REP(2), R9
	MOVL R12, REP(2)
	LEAQ Decoder_isRep2(R8)(R10*2), R13
	BRANCH(old3)
	ZERO
	JMP  swap1

old3:
	ONE
	MOVL R9, R12
	MOVL REP(3), R9
	MOVL R12, REP(3)

swap1:
	MOVL REP(0), R12
	MOVL R12, REP(1)
	MOVL R9, REP(0)
	JMP  replen

long:
	ONE

replen:
	NEXT(8, 11)
	LEAQ (Decoder_lens+lengths__size)(R8), R14

length:
	LEAQ lengths_choice(R14), R13
	BRANCH(notLow)
	ZERO
	MOVQ where-56(SP), R12
	SHLQ $4, R12
	LEAQ lengths_low(R14)(R12*1), R14
	TREE3
	LEAL (const_minMatch-8)(CX), R12
	JMP  sized

notLow:
	ONE
	LEAQ lengths_choice2(R14), R13
	BRANCH(high)
	ZERO
	MOVQ where-56(SP), R12
	SHLQ $4, R12
	LEAQ lengths_mid(R14)(R12*1), R14
	TREE3
	LEAL (const_minMatch+8-8)(CX), R12
	JMP  sized

high:
	ONE
	LEAQ lengths_high(R14), R14
	TREE8
	LEAL (const_minMatch+16-256)(CX), R12

sized:
	// R12 is the size. The state tells whether a distance follows.
	MOVL    Decoder_state(R8), R10
	CMPL    R10, $7
	JEQ     distance
	CMPL    R10, $10
	JNE     copy

distance:
	MOVQ    R12, size-64(SP)
	SUBL    $const_minMatch, R12
	MOVL    $(const_lenStates-1), R15
	CMPL    R12, R15
	CMOVLHI R15, R12
	SHLQ    $7, R12
	LEAQ    Decoder_slot(R8)(R12*1), R14
	TREE3
	TREEBIT
	TREEBIT
	TREEBIT
	SUBL    $const_slots, CX
	CMPL    CX, $const_startModel
	JCS     far
	MOVL    CX, R12
	MOVL    CX, R9
	ANDL    $1, R9
	ORL     $2, R9
	SHRL    $1, CX
	DECL    CX
	SHLL    CX, R9
	MOVQ    R9, dist-72(SP)
	CMPL    R12, $const_endModel
	JCC     direct
	SUBL    R12, R9
	LEAQ    Decoder_special(R8)(R9*2), R14
	MOVL    CX, R8
	ROOT

special:
	TREEBIT
	DECL R8
	JNE  special
	MOVQ d+0(FP), R8
	JMP  reverse

direct:
	SUBL $const_alignBits, CX
	XORL R10, R10

even:
	NORMALIZE
	ADDL    R10, R10
	SHRL    $1, BX
	MOVL    AX, R12
	SUBL    BX, AX
	CMOVLCS R12, AX
	SBBL    $-1, R10
	DECL    CX
	JNE     even
	SHLL    $const_alignBits, R10
	ADDL    R10, dist-72(SP)
	LEAQ    Decoder_align(R8), R14
	TREE3
	TREEBIT

reverse:
	LEAQ    ·reversed(SB), R12
	MOVBLZX (R12)(CX*1), CX
	ADDL    dist-72(SP), CX

far:
	MOVL CX, REP(0)
	MOVQ size-64(SP), R12
	CMPL CX, $-1
	JEQ  marked

copy:
	// R12 bytes, from REP(0)+1 bytes before.
	MOVL REP(0), R13
	MOVQ DI, R14
	SUBQ base-16(SP), R14
	CMPQ R13, R14
	JCC  bad
	INCQ R13
	MOVQ end-8(SP), R10
	SUBQ DI, R10
	CMPQ R12, R10
	JHI  pending
	MOVQ DI, R14
	SUBQ R13, R14
	LEAQ (DI)(R12*1), R15
	CMPQ R13, $16
	JCS  bytes
	ADDQ $16, R12
	CMPQ R12, R10
	JHI  bytes

words:
	MOVOU (R14), X0
	MOVOU X0, (DI)
	ADDQ  $16, R14
	ADDQ  $16, DI
	CMPQ  DI, R15
	JCS   words
	MOVQ  R15, DI
	JMP   symbol

bytes:
	MOVB (R14), R9
	MOVB R9, (DI)
	INCQ R14
	INCQ DI
	CMPQ DI, R15
	JCS  bytes
	JMP  symbol

pending:
	MOVQ R12, Decoder_pending(R8)

more:
	MOVQ $const_goOn, end+48(FP)
	JMP  done

marked:
	NORMALIZE
	MOVQ $const_atMark, end+48(FP)
	JMP  done

bad:
	MOVQ $const_noSuchPlace, end+48(FP)

done:
	MOVL AX, Decoder_code(R8)
	MOVL BX, Decoder_rng(R8)
	SUBQ SOURCE(source_src), SI
	MOVQ SI, SOURCE(source_pos)
	SUBQ out_base+8(FP), DI
	MOVQ DI, to+40(FP)
	RET
