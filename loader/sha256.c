// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "sha256.h"

#define BLOCK 64

/* Section 4.2.2: of the cube roots of the first 64 primes. */
static const __u32 constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static __u32 rotate(__u32 x, int bits)
{
	return x >> bits | x << (32 - bits);
}

static void expand(const unsigned char *block, __u32 w[64])
{
	int i;

	for (i = 0; i < 16; i++, block += 4)
		w[i] = (__u32)block[0] << 24 | block[1] << 16 | block[2] << 8 | block[3];
	for (; i < 64; i++) {
		__u32 a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void add_block(__u32 hash[8], const unsigned char *block)
{
	__u32 w[64], h[8];
	int i;

	expand(block, w);
	memcpy(h, hash, sizeof(h));
	for (i = 0; i < 64; i++) {
		__u32 a = h[0], e = h[4];
		__u32 t1 = h[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
			   ((e & h[5]) ^ (~e & h[6])) + constants[i] + w[i];
		__u32 t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
			   ((a & h[1]) ^ (a & h[2]) ^ (h[1] & h[2]));

		memmove(h + 1, h, 7 * sizeof(*h));
		h[4] += t1;
		h[0] = t1 + t2;
	}
	for (i = 0; i < 8; i++)
		hash[i] += h[i];
}

/* The rest of the data, a bit 1, zeros, and the length in bits. */
static void add_end(__u32 hash[8], const unsigned char *rest, size_t size)
{
	unsigned char end[2 * BLOCK] = {};
	size_t left = size % BLOCK, blocks = left + 9 > BLOCK ? 2 : 1, i;
	__u64 bits = (__u64)size * 8;

	memcpy(end, rest, left);
	end[left] = 0x80;
	for (i = 1; i <= 8; i++, bits >>= 8)
		end[blocks * BLOCK - i] = bits;
	for (i = 0; i < blocks; i++)
		add_block(hash, end + i * BLOCK);
}

void sha256__text(const void *data, size_t size, char text[SHA256_TEXT_SIZE])
{
	/* section 5.3.3 */
	__u32 hash[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const unsigned char *at = data;
	size_t i;

	for (i = 0; i < size / BLOCK; i++, at += BLOCK)
		add_block(hash, at);
	add_end(hash, at, size);
	for (i = 0; i < 8; i++)
		snprintf(text + 8 * i, 9, "%08x", hash[i]);
}
