union packed {
	long whole;
	char bytes[12];
} __attribute__((packed));

union rounded {
	long whole;
	char bytes[12];
} __attribute__((aligned(8)));

union aligned {
	int a;
} __attribute__((aligned(16)));

union padded {
	int a;
	struct {
		long long: 64;
		long long: 64;
		long long: 64;
	} __attribute__((packed));
};

union hollow {
	struct {
		long long: 64;
	} __attribute__((packed));
};

union nothing {};

struct of_unions {
	int a;
	union packed p;
	union packed q[1];
	union {
		int i;
		char c;
		struct {
			int: 32;
			char: 8;
		} __attribute__((packed));
	} __attribute__((packed));
	union aligned b;
} __attribute__((packed));

