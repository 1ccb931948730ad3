/*
 * What btf sort, merge and dedup of several inputs are measured against: the same with libbpf.
 *
 *   transform sort OUT IN          types in the order that resolve_btfids of kernel 7 gives them
 *   transform merge OUT IN...      all types of all inputs
 *   transform dedup OUT IN...      the same, deduplicated
 *
 * IN is raw BTF or ELF, OUT raw BTF.
 *
 * Build: cc -O2 transform.c -lbpf -o transform       libbpf 1.7 or later
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct btf *sorted;

static const char *name_of(__u32 id)
{
	return btf__name_by_offset(sorted, btf__type_by_id(sorted, id)->name_off);
}

/* Types without names first, the others by name; what is equal keeps its order. */
static int compare(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;
	const char *left = name_of(x), *right = name_of(y);
	int order;

	if (!*left != !*right)
		return *left ? 1 : -1;
	order = *left ? strcmp(left, right) : 0;
	return order ? order : x < y ? -1 : x > y;
}

static int sort(struct btf *btf)
{
	__u32 i, count = btf__type_cnt(btf);
	__u32 *order = calloc(count, sizeof(*order)), *map = calloc(count, sizeof(*map));

	if (!order || !map)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		order[i] = i;
	sorted = btf;
	qsort(order + 1, count - 1, sizeof(*order), compare);
	for (i = 1; i < count; i++)
		map[order[i]] = i;
	return btf__permute(btf, map, count, NULL);
}

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct btf *all, *btf;
	const void *data;
	__u32 size;
	FILE *out;
	int i;

	if (argc < 4) {
		fprintf(stderr, "usage: transform sort|merge|dedup OUT IN...\n");
		return 2;
	}
	all = argc == 4 ? btf__parse(argv[3], NULL) : btf__new_empty();
	if (!all)
		return fail(argv[3]);
	for (i = 3; argc > 4 && i < argc; i++) {
		btf = btf__parse(argv[i], NULL);
		if (!btf || btf__add_btf(all, btf) < 0)
			return fail(argv[i]);
		btf__free(btf);
	}
	if (!strcmp(argv[1], "sort") && sort(all) < 0)
		return fail("btf__permute");
	if (!strcmp(argv[1], "dedup") && btf__dedup(all, NULL) < 0)
		return fail("btf__dedup");
	data = btf__raw_data(all, &size);
	out = data ? fopen(argv[2], "w") : NULL;
	if (!out || fwrite(data, 1, size, out) != size || fclose(out))
		return fail(argv[2]);
	return 0;
}
