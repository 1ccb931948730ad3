/*
 * What btf dedup is measured against: deduplicates a file of raw BTF with libbpf.
 *
 *   dedup IN OUT [BASE]     prints milliseconds of wall time: base, parse, dedup, write
 *   dedup -m COMMAND...     runs a command; prints the kilobytes that it, or what it started, had resident at most
 *
 * Build: cc -O2 dedup.c -lbpf -o dedup
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

static int memory(char **command)
{
	struct rusage usage;
	int status;
	pid_t child = fork();

	if (child == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
		return fail(command[0]);
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	struct btf *base = NULL, *btf;
	double start, base_read, parsed, deduped;
	const void *data;
	__u32 size;
	FILE *out;

	if (argc > 2 && strcmp(argv[1], "-m") == 0)
		return memory(argv + 2);
	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: dedup IN OUT [BASE] | dedup -m COMMAND...\n");
		return 2;
	}
	start = now();
	if (argc == 4) {
		base = btf__parse_raw(argv[3]);
		if (!base)
			return fail(argv[3]);
	}
	base_read = now();
	btf = base ? btf__parse_raw_split(argv[1], base) : btf__parse_raw(argv[1]);
	if (!btf)
		return fail(argv[1]);
	parsed = now();
	if (btf__dedup(btf, NULL) < 0)
		return fail("btf__dedup");
	deduped = now();
	data = btf__raw_data(btf, &size);
	out = data ? fopen(argv[2], "w") : NULL;
	if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
		return fail(argv[2]);
	printf("base %.1f parse %.1f dedup %.1f write %.1f\n", base_read - start, parsed - base_read, deduped - parsed,
	       now() - deduped);
	return 0;
}
