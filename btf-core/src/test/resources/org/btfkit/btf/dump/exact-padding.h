struct empty {};

struct usual {
	char c;
	char: 8;
	short: 16;
	int: 32;
	long l;
};

struct tail {
	long l;
	char c;
	char: 8;
	short: 16;
	int: 32;
};

struct no_long_on_arm {
	char c;
	char: 8;
	short: 16;
	int: 32;
	int i;
};

struct far {
	char c;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	int: 32;
	short: 16;
	char: 8;
	char d;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	long long: 64;
	int: 32;
	short: 16;
	char: 8;
} __attribute__((packed));

struct opaque {
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
	char: 8;
};

struct misplaced {
	int i;
	long l;
} __attribute__((packed));

struct hole_in_packed {
	char c;
	long long: 64;
	int i;
} __attribute__((packed));

struct of_empty {
	char c;
	struct empty e;
	char: 8;
	short: 16;
	int i;
};

