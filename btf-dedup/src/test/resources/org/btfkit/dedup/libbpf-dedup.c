// Runs libbpf's deduplication:
//   libbpf-dedup INPUT OUTPUT [BASE]
// Prints the number of types. Exit code 2: cannot be parsed, 3: cannot be deduplicated.
//   libbpf-dedup
// Prints the version of the library.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

static int fail(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return code;
}

int main(int argc, char **argv)
{
	struct btf *base = NULL, *btf;
	const void *data;
	unsigned int size;
	FILE *output;

	if (argc < 3) {
		printf("%u.%u\n", libbpf_major_version(), libbpf_minor_version());
		return 0;
	}
	libbpf_set_print(quiet);
	if (argc > 3) {
		base = btf__parse_raw(argv[3]);
		if (!base)
			return fail(argv[3], 2);
	}
	btf = base ? btf__parse_raw_split(argv[1], base) : btf__parse_raw(argv[1]);
	if (!btf)
		return fail(argv[1], 2);
	if (btf__dedup(btf, NULL))
		return fail("dedup", 3);
	data = btf__raw_data(btf, &size);
	output = data ? fopen(argv[2], "wb") : NULL;
	if (!output || fwrite(data, 1, size, output) != size || fclose(output))
		return fail(argv[2], 4);
	printf("%u\n", btf__type_cnt(btf));
	return 0;
}
