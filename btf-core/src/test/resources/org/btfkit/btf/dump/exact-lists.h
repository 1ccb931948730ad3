struct __va_list_tag {
	unsigned int gp;
	unsigned int fp;
};

typedef __builtin_va_list va_list;

typedef __builtin_va_list va_list___2;

struct of_lists {
	va_list___2 *p;
	struct __va_list_tag l[1];
	struct __va_list_tag m[2][1];
};

