// Compares a prefilter kernel with the definition in CSluiceKernels.h, on random plans and texts.
//
// Built for another processor by `.ci/neon` and run there or in an emulator: the Swift tests compare
// the kernels of the processor that they run on.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CSluiceKernels.h"

static uint64_t state = 1;

static uint32_t next_random(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}

// Exactly what the nibble tables and the gram map accept.
static int accepts(const sluice_prefilter_plan *plan, const uint8_t *window) {
  uint32_t word;
  memcpy(&word, window, sizeof word);
  uint32_t hash = sluice_gram_hash(word);
  if ((plan->grams[hash >> 6] >> (hash & 63) & 1) == 0) return 0;
  for (int group = 0; group < 4; group++) {
    uint8_t buckets = 0xFF;
    for (int place = 0; place < 4; place++) {
      buckets &= plan->nibble[place][group][0][window[place] & 15];
      buckets &= plan->nibble[place][group][1][window[place] >> 4];
    }
    if (buckets != 0) return 1;
  }
  return 0;
}

static void fill(sluice_prefilter_plan *plan, const char *literals[], size_t count) {
  memset(plan, 0, sizeof *plan);
  for (size_t number = 0; number < count; number++) {
    const uint8_t *literal = (const uint8_t *)literals[number];
    uint8_t bit = (uint8_t)(1u << (number % 8));
    size_t group = number / 8 % 4;
    for (int place = 0; place < 4; place++) {
      plan->nibble[place][group][0][literal[place] & 15] |= bit;
      plan->nibble[place][group][1][literal[place] >> 4] |= bit;
    }
    uint32_t word;
    memcpy(&word, literal, sizeof word);
    uint32_t hash = sluice_gram_hash(word);
    plan->grams[hash >> 6] |= (uint64_t)1 << (hash & 63);
  }
}

int main(void) {
  const char *literals[] = {"AKIA", "ghp_", "xoxb", "sk_l", "key=", "eyJh", "SG.a", "pass",
                            "tok:", "npm_", "glpa", "-BEG"};
  size_t literal_count = sizeof literals / sizeof *literals;
  sluice_prefilter_kernel kernel = sluice_prefilter_kernel_neon();
  if (kernel == NULL) {
    fputs("this build has no NEON kernel\n", stderr);
    return 2;
  }
  static sluice_prefilter_plan plan;
  fill(&plan, literals, literal_count);
  size_t candidates = 0;
  for (int round = 0; round < 400; round++) {
    size_t blocks = 1 + next_random() % 200;
    size_t length = 64 * blocks + 3;
    uint8_t *text = malloc(length);
    uint32_t *positions = malloc((64 * blocks + 64) * sizeof *positions);
    if (text == NULL || positions == NULL) return 3;
    for (size_t index = 0; index < length; index++) text[index] = (uint8_t)(next_random() % 96 + 32);
    // Also side by side and in the last window.
    for (size_t index = 0; index + 4 <= length; index += 1 + next_random() % 40)
      memcpy(text + index, literals[next_random() % literal_count], 4);
    memcpy(text + length - 4, literals[round % literal_count], 4);
    size_t found = kernel(&plan, text, blocks, positions);
    size_t expected = 0;
    for (size_t index = 0; index < 64 * blocks; index++) {
      if (!accepts(&plan, text + index)) continue;
      if (expected >= found || positions[expected] != index) {
        fprintf(stderr, "round %d: the window at %zu was missed\n", round, index);
        return 1;
      }
      expected++;
    }
    if (expected != found) {
      fprintf(stderr, "round %d: %zu windows were found, %zu are there\n", round, found, expected);
      return 1;
    }
    candidates += found;
    free(text);
    free(positions);
  }
  printf("400 texts, %zu candidates, no difference\n", candidates);
  return 0;
}
